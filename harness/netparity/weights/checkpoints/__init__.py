"""What PyTorch's files hold: the network's tensors, everything else, and what is refused."""
