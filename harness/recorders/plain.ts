/**
 * A name or an address that goes into a script on a node: what a shell could take for more than that is refused. Kubernetes
 * allows none that is not plain; this does not rest on that.
 */
export function plain(text: string): string {
  if (!/^[\w.:-]+$/.test(text)) throw new Error(`"${text}" is no name or address that can go into a command`);
  return text;
}
