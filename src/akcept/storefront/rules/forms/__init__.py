"""The form of a rule: its conditions and steps are rows, each a small form of its own kind.

Everything works without script: the page is sent with what to do (`do`: add, drop or move a row, try, or save) and
comes back with all that was typed. Whether what was typed can be taken is decided by the actions.
"""
