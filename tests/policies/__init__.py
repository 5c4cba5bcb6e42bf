"""The network policies of docs/kubernetes.md between network namespaces."""
