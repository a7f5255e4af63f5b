"""The page of portfolios."""
