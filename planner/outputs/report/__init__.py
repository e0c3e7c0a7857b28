"""report.html: one page that stands alone, made from a plan."""
