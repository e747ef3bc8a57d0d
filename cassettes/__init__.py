"""The tape itself: exchange, redaction, formats; and the library of tapes that ship with us."""
