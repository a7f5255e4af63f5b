"""Routes of portfolios and the models of their answers."""
