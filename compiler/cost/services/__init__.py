"""One module for each family of AWS services; its `PRICERS` say which resource types it prices."""
