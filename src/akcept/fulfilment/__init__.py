"""Papers and files of orders, what an ERP books of them, and the parcels in which their goods left."""
