/** "rollproof/article:2.0.0" → "rollproof/correct:2.0.0", where the names without tag say so. */
export function renameImage(image: string, images: Record<string, string>): string {
  // A registry's port has a colon too: a tag has no slash behind it.
  const [, name = image, tag = ''] = /^(.*?)((?::[^/:]*)?)$/.exec(image) ?? [];
  return `${images[name] ?? name}${tag}`;
}

/** The same in the text of manifests, YAML or JSON: what stands behind "image:". */
export function renameImages(manifests: string, images: Record<string, string>): string {
  const renamed = (_: string, before: string, image: string) => `${before}${renameImage(image, images)}`;
  return manifests.replace(/(\bimage"?:\s*["']?)([^\s"',}]+)/g, renamed);
}
