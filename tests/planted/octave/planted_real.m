function handle = planted_real(name, given)
%PLANTED_REAL The function of matlab/support that a stand-in goes before.
%   PLANTED_REAL(NAME, HANDLE) stores it, PLANTED_REAL(NAME) returns it.

persistent stored
if nargin > 1
  stored.(name) = given;
end
handle = stored.(name);
end
