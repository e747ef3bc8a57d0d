"""Records live traffic; the only room that imports mitmproxy."""
