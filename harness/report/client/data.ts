import type { Timeline } from '../timeline/types.ts';

/** Unpacks what page/scenario.ts has packed: gzip, in base64. */
export async function unpack(base64: string): Promise<Timeline> {
  const bytes = Uint8Array.from(atob(base64.trim()), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}
