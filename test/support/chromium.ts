// Where Chromium is. Without one, the test files that need it are left out, with a word about it; REQUIRE_CHROMIUM=1 makes
// its absence a failure.
import { existsSync, globSync, readFileSync } from 'node:fs'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const places = (): string[] => {
  const given = process.env['CHROMIUM_PATH']
  return given === undefined ? usualPlaces : [given]
}

/** @throws Error that says how to get one */
export function chromiumPath(): string {
  const found = places().find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    `Tests of pages need Chromium, and there is none at ${places().join(', ')}. ` +
      'Install it ("apt-get install chromium" on Debian and Ubuntu), or set CHROMIUM_PATH to where it is.',
  )
}

/** The test files that cannot run on this machine. @throws Error where they have to */
export function testsWithoutChromium(): string[] {
  if (places().some((path) => existsSync(path))) return []
  if (process.env['REQUIRE_CHROMIUM'] === '1') chromiumPath()
  const files = globSync('test/**/*.test.{ts,tsx}').filter((file) =>
    readFileSync(file, 'utf8').includes('support/browser.ts'),
  )
  console.warn(
    `There is no Chromium here, so ${files.length} test files of pages are left out: apt-get install chromium`,
  )
  return files
}
