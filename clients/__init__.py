"""The reference client and the integration patterns."""
