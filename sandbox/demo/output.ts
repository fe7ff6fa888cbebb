// Plain, pretty terminal output: headings, ticks, tables, and lines that redraw themselves on a terminal only.
import { performance } from 'node:perf_hooks'

type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'notable'
export type Cell = string | { text: string; tone: Tone }
type LiveLines = { finish(): void }

export type Output = {
  heading(text: string): void
  line(text?: string): void
  done(text: string): void
  notice(text: string): void
  failure(text: string): void
  table(header: readonly string[], rows: readonly (readonly Cell[])[]): void
  /** Waits for the work and tells how long it took; a spinner keeps a terminal company. */
  during<Result>(text: string, work: Promise<Result>): Promise<Result>
  /** Shows lines until finished: redrawn on a terminal, printed every few seconds elsewhere. */
  live(lines: () => readonly string[]): LiveLines
}

const codes: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '\x1b[1m',
  faint: '\x1b[2m',
  good: '\x1b[32m',
  bad: '\x1b[31m',
  notable: '\x1b[36m',
}
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const redrawMillis = 80
const plainLineMillis = 2000

/** Writes to a stream; colours need a terminal, and NO_COLOR (https://no-color.org) turns them off. */
export function createOutput(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Output {
  const isTerminal = stream.isTTY === true && env['TERM'] !== 'dumb'
  const hasColour = isTerminal && (env['NO_COLOR'] ?? '') === ''
  const paint = (tone: Tone, text: string) => (hasColour && tone !== 'plain' ? `${codes[tone]}${text}\x1b[0m` : text)

  let current: LiveLines | undefined

  function line(text = ''): void {
    // A line between two redraws would be drawn over, so it ends the region.
    if (isTerminal) current?.finish()
    stream.write(`${text}\n`)
  }

  function live(lines: () => readonly string[]): LiveLines {
    // Two regions would draw over each other, so a new one ends the one before.
    current?.finish()
    current = isTerminal ? redrawn(stream, lines) : repeated(line, lines)
    return current
  }

  async function during<Result>(text: string, work: Promise<Result>): Promise<Result> {
    const started = performance.now()
    const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
    const spinner = isTerminal ? live(() => [`  ${frameNow()} ${text} ${seconds()}`]) : undefined
    try {
      const result = await work
      spinner?.finish()
      line(`${isTerminal ? '\x1b[1A\x1b[2K' : ''}  ${paint('good', '✓')} ${text} ${paint('faint', seconds())}`)
      return result
    } catch (error) {
      spinner?.finish()
      throw error
    }
  }

  return {
    heading: (text) => line(`\n${paint('strong', text)}`),
    line,
    done: (text) => line(`  ${paint('good', '✓')} ${text}`),
    notice: (text) => line(`  ${paint('notable', '!')} ${text}`),
    failure: (text) => line(`\n${paint('bad', '✗')} ${text}`),
    table: (header, rows) => {
      for (const row of layOut(header, rows, paint)) line(`  ${row}`)
    },
    during,
    live,
  }
}

function frameNow(): string {
  return frames[Math.floor(performance.now() / redrawMillis) % frames.length] ?? ''
}

function redrawn(stream: NodeJS.WriteStream, lines: () => readonly string[]): LiveLines {
  let drawn = 0
  const draw = () => {
    const width = stream.columns || 80
    const now = lines().map((text) => `\x1b[2K${[...text].slice(0, width - 1).join('')}\n`)
    stream.write(`${drawn === 0 ? '' : `\x1b[${drawn}A`}${now.join('')}`)
    drawn = now.length
  }
  draw()
  return endingOnce(setInterval(draw, redrawMillis), draw)
}

function repeated(line: (text: string) => void, lines: () => readonly string[]): LiveLines {
  const print = () => {
    for (const text of lines()) line(text)
  }
  return endingOnce(setInterval(print, plainLineMillis), print)
}

function endingOnce(timer: NodeJS.Timeout, showLast: () => void): LiveLines {
  let hasEnded = false
  return {
    finish() {
      if (hasEnded) return
      hasEnded = true
      clearInterval(timer)
      showLast()
    },
  }
}

function layOut(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: (tone: Tone, text: string) => string,
): string[] {
  const cells = [
    header.map((text): { text: string; tone: Tone } => ({ text, tone: 'faint' })),
    ...rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell, tone: 'plain' as const } : cell))),
  ]
  const widths = header.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column]?.text ?? ''))))
  return cells.map((row) =>
    row
      .map(({ text, tone }, column) => paint(tone, text) + ' '.repeat((widths[column] ?? 0) - widthOf(text)))
      .join('   ')
      .trimEnd(),
  )
}

function widthOf(text: string): number {
  return [...text.normalize('NFC')].length
}
