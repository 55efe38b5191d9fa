#!/bin/sh
# Runs on every node: writes the CNI configuration with the node's own pod range, masquerades what leaves the pod
# network, and keeps a route to each other node's pod range.
set -eu

api=https://kubernetes.default.svc
[ -z "${KUBERNETES_SERVICE_HOST:-}" ] || api="https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT"
secrets=/var/run/secrets/kubernetes.io/serviceaccount

nodes() {
  curl -sSf --max-time 5 --cacert "$secrets/ca.crt" -H "Authorization: Bearer $(cat "$secrets/token")" "$api/api/v1/nodes" |
    jq -r '.items[] | [.metadata.name, .spec.podCIDR // "", (.status.addresses[] | select(.type == "InternalIP").address)] | @tsv'
}

configure() {
  cat >/etc/cni/net.d/.rollproof <<CONF
{
  "cniVersion": "0.4.0",
  "name": "rollproof",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "pods0",
      "isGateway": true,
      "hairpinMode": true,
      "ipam": { "type": "host-local", "ranges": [[{ "subnet": "$1" }]], "routes": [{ "dst": "0.0.0.0/0" }] }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
CONF
  mv /etc/cni/net.d/.rollproof /etc/cni/net.d/10-rollproof.conflist
}

masquerade() {
  rule="POSTROUTING -s $POD_RANGE ! -d $POD_RANGE -m comment --comment rollproof -j MASQUERADE"
  # shellcheck disable=SC2086 # the rule is words
  iptables -t nat -C $rule 2>/dev/null || iptables -t nat -A $rule
}

while :; do
  if list=$(nodes); then
    echo "$list" | while read -r name range address; do
      [ -n "$address" ] || continue
      if [ "$name" = "$NODE_NAME" ]; then
        [ -s /etc/cni/net.d/10-rollproof.conflist ] || configure "$range"
      else
        ip route replace "$range" via "$address"
      fi
    done
    masquerade
  fi
  sleep 1
  [ ! -e /tmp/settled ] || sleep 9
  [ ! -s /etc/cni/net.d/10-rollproof.conflist ] || touch /tmp/settled
done
