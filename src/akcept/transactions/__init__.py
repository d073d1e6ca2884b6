"""What a transaction of ours is: an action that owns it, its locks in one order, what a database may answer."""
