function plan = planted_plan(given)
%PLANTED_PLAN What is to go wrong in the job at hand.
%   PLANTED_PLAN(PLAN) sets it, PLAN = PLANTED_PLAN() returns it. See
%   PLANTED_READ for its fields.

persistent stored
if nargin > 0
  stored = given;
  planted_network();
end
plan = stored;
end
