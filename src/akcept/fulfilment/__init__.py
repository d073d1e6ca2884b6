"""Papers and files of orders: what an ERP books from, UBL, the order as a document. Decides nothing."""
