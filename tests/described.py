"""Published descriptions in small: ``from described import OPENAPI``."""

from __future__ import annotations

OPENAPI = {
    "openapi": "3.0.3",
    "servers": [
        {"url": "https://{where}.vendor.example/v1", "variables": {"where": {"default": "api"}}},
        {"url": "/v1"},
    ],
    "paths": {
        "/things/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}, {"name": "x", "in": "query"}],
            "post": {
                "parameters": [{"name": "x", "in": "query", "required": True, "schema": {"type": "integer"}}],
                "requestBody": {"content": {"Application/JSON; charset=utf-8": {"schema": {"type": "object"}}}},
                "responses": {
                    "200": {"$ref": "#/components/responses/Ok"},
                    "4xx": {},
                    "default": {"description": "bad"},
                },
            },
            "summary": "no operation",
        },
        "x-note": "no path",
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "content": {"a/b": {"schema": True}}}},
        "responses": {"Ok": {"content": {"application/json": {"schema": {"type": "string"}}}}},
    },
}

DISCOVERY = {
    "discoveryVersion": "v1",
    "baseUrl": "https://www.example.com/drive/v3/",
    "parameters": {"alt": {"type": "string", "location": "query", "enum": ["json"]}},
    "schemas": {"File": {"id": "File", "type": "object", "properties": {"id": {"type": "string"}}}},
    "resources": {
        "files": {
            "methods": {
                "get": {
                    "httpMethod": "GET",
                    "path": "files/{+fileId}",
                    "parameters": {"fileId": {"location": "path", "required": True, "type": "string"},
                                   "tag": {"location": "query", "repeated": True, "type": "string"}},
                    "response": {"$ref": "File"},
                },
            },
            "resources": {"parts": {"methods": {"put": {"httpMethod": "PUT", "flatPath": "files/{id}/parts", "request": {"$ref": "File"}}}}},
        },
    },
}  # fmt: skip
