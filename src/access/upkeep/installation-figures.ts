// What the metrics say of the installation as a whole: what waits, what fails, who is silent.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import type { InstallationFigure } from '#platform/metrics.ts'

const figures = prepared<Record<string, never>, InstallationFigure>(
  () => sql`select name, labels, value from installation_figures()`,
)

/** Costs what waits and how many directories there are, not the people. @throws AppError unavailable */
export const installationFigures = (database: Database): Promise<InstallationFigure[]> => database.read(figures({}))
