"""The page of portfolios: a file, its errors, its calculation, and what came out."""
