"""Onecounter: one inbox and one stock count for every channel a shop sells on."""
