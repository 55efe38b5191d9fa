import { unpack } from './data.ts';
import { element } from './dom.ts';
import { showTimeline } from './timeline.ts';

/** A timeline is drawn when it comes into sight for the first time: a suite has many. */
const watch = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      void start(target as HTMLElement);
    }
  },
  { rootMargin: '300px' },
);

async function start(place: HTMLElement): Promise<void> {
  const id = place.dataset.timeline!;
  try {
    showTimeline(place, await unpack(document.getElementById(id)!.textContent!), id.replace(/-data$/, ''));
    place.dataset.drawn = 'yes';
    performance.mark('rollproof-drawn');
  } catch (error) {
    place.append(
      element('p', { class: 'unexpected' }, `The timeline could not be drawn: ${error}. The tables have every figure.`),
    );
    throw error;
  }
}

/** A link into a folded scenario unfolds it. */
function unfold(): void {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const folded = target.closest('details');
  if (folded !== null) folded.open = true;
  target.scrollIntoView();
}

for (const place of document.querySelectorAll('[data-timeline]')) watch.observe(place);
addEventListener('hashchange', unfold);
unfold();
