"""Creates, starts and stops a private PostgreSQL cluster in ``var/``."""
