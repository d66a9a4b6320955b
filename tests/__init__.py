"""The rules this project keeps."""
