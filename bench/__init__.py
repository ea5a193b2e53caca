"""What is measured against what. ``make bench`` runs all of it; figures are ratios against a peer in the same run."""
