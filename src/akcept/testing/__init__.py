"""For our tests and for those who build on the package: the cast, products, baskets, orders.

`cast.make()` -> everybody; `carts.fill(person, lines=3)` -> a basket's id; `orders.place(person, lines=3)` -> `Placed`.
"""
