/** "rollproof/article:2.0.0" → "rollproof/correct:2.0.0", where the names without tag say so. */
export function renameImage(image: string, images: Record<string, string>): string {
  // A registry's port has a colon too: a tag has no slash behind it.
  const [, name = image, tag = ''] = /^(.*?)((?::[^/:]*)?)$/.exec(image) ?? [];
  return `${images[name] ?? name}${tag}`;
}
