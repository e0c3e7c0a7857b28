"""Many plans: the scenarios of a study, planned on all cores or a cluster, and compared."""
