"""One site: assessment on demand, and what other parameters or attributes would change."""
