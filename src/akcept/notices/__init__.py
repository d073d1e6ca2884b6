"""What leaves the shop by e-mail: one slice per kind of notice, sent by the relay, never inside a request."""
