"""Around the routes: names of requests and the access log, limits of clients, the end in order."""
