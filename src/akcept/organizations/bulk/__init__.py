"""Units and members from and to spreadsheet files: columns, reading, planning, writing. All or nothing."""
