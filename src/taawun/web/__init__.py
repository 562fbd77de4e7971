"""The screening API over HTTP, as the OpenSanctions matching API speaks."""
