// Where the requests go: one given server for everything, or a new empty directory from a shell command each time.
import { spawn } from 'node:child_process'

export interface Target {
  readonly baseUrl: string
  readonly token: string
  /** True when nothing else uses the directory, so what a check leaves behind does no harm. */
  readonly isDisposable: boolean
}

export type TargetSource = () => Promise<Target>

const freshTimeoutMillis = 120_000

/** The same server each time. */
export function fixedTarget(baseUrl: string, token: string): TargetSource {
  const target = { baseUrl: trimSlash(baseUrl), token, isDisposable: false }
  return async () => target
}

/** A new directory each time: the command prints a JSON line with `baseUrl` and `token`. */
export function freshTarget(command: string): TargetSource {
  return async () => {
    const output = await runShell(command)
    for (const line of output.split('\n')) {
      const target = parseTarget(line)
      if (target) return target
    }
    throw new Error(`the --fresh command printed no JSON line with baseUrl and token: ${output.slice(0, 200)}`)
  }
}

function parseTarget(line: string): Target | undefined {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    // A cast to optional unknowns is safe: both fields are checked before use.
    const { baseUrl, token } = JSON.parse(line) as { baseUrl?: unknown; token?: unknown }
    if (typeof baseUrl !== 'string' || typeof token !== 'string' || !isHttpUrl(baseUrl)) return undefined
    return { baseUrl: trimSlash(baseUrl), token, isDisposable: true }
  } catch {
    return undefined
  }
}

/** Whether the text is an http(s) URL without query or fragment, as a SCIM base URL has to be. */
export function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

function runShell(command: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], timeout: freshTimeoutMillis })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  child.on('error', reject)
  child.on('close', (code, signal) => {
    if (code === 0) resolve(output.stdout)
    else reject(new Error(`the --fresh command ended with ${code ?? signal}: ${output.stderr.trim().slice(-300)}`))
  })
  return promise
}
