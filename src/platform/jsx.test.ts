// JSX at run time, in a plain Node process as the server is one: tests themselves are transformed by vitest.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const projectFolder = new URL('../../', import.meta.url)

function run(script: string): string {
  const args = ['--input-type=module', '-e', `Object.seal(Object.prototype)\n${script}`]
  return execFileSync(process.execPath, args, { cwd: projectFolder, encoding: 'utf8' })
}

test('a page can be imported and rendered once the hook is registered', () => {
  const html = run(`
    const { registerJsx } = await import('#platform/jsx.ts')
    registerJsx()
    const { ErrorPage } = await import('#http/ui/error-page.tsx')
    console.log(String(ErrorPage({ title: '<b>', advice: 'Wait', reference: 'req_1' })))`)
  expect(html).toContain('<h1>&lt;b&gt;</h1>')
  expect(html).toContain('<code>req_1</code>')
})

test('without the hook Node refuses the file', () => {
  const outcome = run(`await import('#http/ui/logo.tsx').catch((error) => console.log(error.code))`)
  expect(outcome.trim()).toBe('ERR_UNKNOWN_FILE_EXTENSION')
})
