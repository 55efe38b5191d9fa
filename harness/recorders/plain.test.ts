import { expect, test } from 'vitest';
import { filesOf } from './flows.ts';
import { logPath } from './log-files.ts';
import { plain } from './plain.ts';

test.each(['web-7d9', '10.96.0.10', 'fd00::a', 'shop_v1'])('%s goes into a command as it is', (text) =>
  expect(plain(text)).toBe(text),
);
test.each(['', 'a b', '$(reboot)', 'a;b', '`id`', "a'b", 'a/../b', '-\n'])('%j does not', (text) =>
  expect(() => plain(text)).toThrow(),
);

test('neither a pod of another name nor an address of another form gets into one', () => {
  const log = { pod: 'web-1', podUid: 'u1', name: 'app', restart: 0 };
  expect(logPath('ns', log)).toBe('/var/log/pods/ns_web-1_u1/app/0.log');
  expect(() => logPath('ns', { ...log, name: 'app; reboot' })).toThrow();
  expect(() => logPath('$(reboot)', log)).toThrow();
  expect(() => filesOf('10.96.0.1 | reboot')).toThrow();
});
