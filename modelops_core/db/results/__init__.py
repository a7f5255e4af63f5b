"""Result tables by cell and by site."""
