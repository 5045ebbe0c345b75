"""The walk over HTTP: gate, routes and the server that runs them."""
