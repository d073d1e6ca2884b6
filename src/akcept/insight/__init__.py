"""Figures kept by month beside the orders: what reports and the merchant's home read instead of all orders.

Optional. No decision, budget or right reads them; whatever a month is not kept for, or has changed since, is read from
the orders themselves, so that a report is always right.
"""
