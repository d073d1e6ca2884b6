"""How days and money are written where Django and Oscar write them."""
