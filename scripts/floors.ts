// The floors inside the rooms: docs/architecture.md draws the folders of each room, those that import others above those that
// are imported. The drawing is the rule: an import that does not run down in it, or a folder that it does not show, is a fault.

/** One file of src imports another. */
export type FileImport = { from: string; to: string }

/** A folder, and the names inside it from the top floor down; `.` stands for the files that lie in the folder itself. */
export type Drawing = { folder: string; floors: string[][] }

const heading = '## Floors inside the rooms'

/** The drawings of a page: below the heading, each block begins with a folder and has a line for each floor. */
export function readDrawings(page: string): Drawing[] {
  const section = page.split(`\n${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/```\n([\s\S]*?)```/g)].map(([, block = '']) => {
    const [folder = '', ...lines] = block.trimEnd().split('\n')
    return { folder: folder.trim(), floors: lines.map((line) => line.trim().split(/\s{2,}/)) }
  })
}

/** What is wrong with the imports, or with the drawing of them; a line each, beginning with the name of the rule. */
export function floorFaults(files: readonly string[], imports: readonly FileImport[], drawings: Drawing[]): string[] {
  const drawn = new Map(drawings.map((drawing) => [drawing.folder, drawing]))
  const folders = foldersWithFolders(files)
  const stale = drawings.filter(({ folder }) => !folders.includes(folder))
  return [
    ...stale.map(({ folder }) => `floors-of-nothing: ${folder} is drawn and has no folders`),
    ...folders.flatMap((folder) => {
      const { floors } = drawn.get(folder) ?? { floors: [] }
      return [...placeFaults(folder, childrenOf(folder, files), floors), ...upward(folder, imports, floors)]
    }),
  ]
}

/** Each room's floors as its imports have them, a circle on one floor: what a new drawing begins with. */
export function drawFloors(files: readonly string[], imports: readonly FileImport[]): Drawing[] {
  return foldersWithFolders(files).map((folder) => {
    const children = childrenOf(folder, files)
    const level = levelsOf(children, importsInside(folder, imports))
    const floors = [...new Set(level.values())].sort((one, other) => other - one)
    return { folder, floors: floors.map((at) => children.filter((child) => level.get(child) === at)) }
  })
}

const placeFaults = (folder: string, children: readonly string[], floors: string[][]): string[] => {
  const shown = floors.flat()
  return [
    ...children.filter((child) => !shown.includes(child)).map((child) => `not-drawn: ${folder}/${child}`),
    ...shown.filter((child) => !children.includes(child)).map((child) => `drawn-in-vain: ${folder}/${child}`),
  ]
}

function upward(folder: string, imports: readonly FileImport[], floors: string[][]): string[] {
  const floorOf = (child: string): number => floors.findIndex((floor) => floor.includes(child))
  return importsInside(folder, imports)
    .filter(({ from, to }) => floorOf(from.child) >= floorOf(to.child))
    .map(({ from, to }) => `not-down-the-floors-of-${folder}: ${from.file} imports ${to.file}`)
}

type End = { file: string; child: string }

/** The imports between two children of the folder. */
const importsInside = (folder: string, imports: readonly FileImport[]): { from: End; to: End }[] =>
  imports
    .filter(({ from, to }) => isBelow(folder, from) && isBelow(folder, to))
    .map(({ from, to }) => ({
      from: { file: from, child: childOf(folder, from) },
      to: { file: to, child: childOf(folder, to) },
    }))
    .filter(({ from, to }) => from.child !== to.child)

function levelsOf(children: readonly string[], imports: readonly { from: End; to: End }[]): Map<string, number> {
  const levels = new Map<string, number>()
  const levelOf = (child: string, path: readonly string[]): number => {
    const known = levels.get(child)
    if (known !== undefined || path.includes(child)) return known ?? 0
    const below = imports.filter(({ from }) => from.child === child).map(({ to }) => to.child)
    const level = 1 + Math.max(0, ...[...new Set(below)].map((next) => levelOf(next, [...path, child])))
    levels.set(child, level)
    return level
  }
  for (const child of children) levelOf(child, [])
  return levels
}

const isBelow = (folder: string, file: string): boolean => file.startsWith(`src/${folder}/`)

/** The folder right below `folder` in which the file lies; `.` where it lies in the folder itself. */
function childOf(folder: string, file: string): string {
  const [child = '', ...rest] = file.slice(`src/${folder}/`.length).split('/')
  return rest.length === 0 ? '.' : child
}

const childrenOf = (folder: string, files: readonly string[]): string[] =>
  [...new Set(files.filter((file) => isBelow(folder, file)).map((file) => childOf(folder, file)))].sort()

/** Those below `src` that have folders of their own. */
function foldersWithFolders(files: readonly string[]): string[] {
  const all = files.flatMap((file) => {
    const parts = file.split('/').slice(1, -2)
    return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
  })
  return [...new Set(all)].sort()
}
