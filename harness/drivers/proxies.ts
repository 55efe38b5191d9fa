/** kube-proxy writes its rules once a second at most: after so long it knows what a Service's endpoints are. Milliseconds. */
export const PROXIES_KNOW_MS = 3_000;
