// Every check of the RFC list, by topic.
import type { Check } from './check.ts'
import { patchMemberChecks } from './patch/members.ts'
import { patchRefusalChecks } from './patch/refusals.ts'
import { patchValueChecks } from './patch/values.ts'
import { filterLogicChecks } from './queries/filter-logic.ts'
import { filterOperatorChecks } from './queries/filter-operators.ts'
import { listChecks } from './queries/list.ts'
import { searchChecks } from './queries/search.ts'
import { selectionChecks } from './queries/selection.ts'
import { sortChecks } from './queries/sort.ts'
import { bulkChecks } from './resources/bulk.ts'
import { createChecks } from './resources/create.ts'
import { groupChecks } from './resources/groups.ts'
import { deleteChecks, readChecks } from './resources/read-and-delete.ts'
import { replaceChecks } from './resources/replace.ts'
import { toleranceChecks } from './resources/tolerance.ts'
import { versionChecks } from './resources/versions.ts'
import { discoveryChecks } from './service/discovery.ts'
import { errorChecks } from './service/errors.ts'

export const rfcChecks: readonly Check[] = [
  ...discoveryChecks,
  ...createChecks,
  ...readChecks,
  ...listChecks,
  ...filterOperatorChecks,
  ...filterLogicChecks,
  ...sortChecks,
  ...selectionChecks,
  ...searchChecks,
  ...replaceChecks,
  ...patchValueChecks,
  ...patchMemberChecks,
  ...patchRefusalChecks,
  ...deleteChecks,
  ...groupChecks,
  ...versionChecks,
  ...bulkChecks,
  ...errorChecks,
  ...toleranceChecks,
]
