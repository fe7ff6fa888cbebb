-- It is planned once: a plan for each new person took a millisecond, longer than all the rest of a person's row. And it is planned for
-- the indexes, so that what was planned while there was hardly anybody stays right for the many who come in the same session.
ALTER FUNCTION refuse_reserved() SET plan_cache_mode = 'force_generic_plan';--> statement-breakpoint
ALTER FUNCTION refuse_reserved() SET enable_seqscan = off;
