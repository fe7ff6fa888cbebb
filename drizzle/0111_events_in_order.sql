-- outside of a transaction: the index is built beside running writes
-- What is new anywhere is found without asking each organization.
DROP INDEX CONCURRENTLY IF EXISTS audit_events_in_order;--> statement-breakpoint
CREATE INDEX CONCURRENTLY audit_events_in_order ON audit_events ("position");
