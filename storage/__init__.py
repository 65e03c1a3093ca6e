"""Tables and the named queries over them; a query takes a session and never commits."""
