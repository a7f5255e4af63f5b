"""The private PostgreSQL cluster in ``var/``."""
