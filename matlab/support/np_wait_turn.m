function [values, uncounted] = np_wait_turn(folder, likely)
%NP_WAIT_TURN Sleep until it is this process's turn.
%   [VALUES, UNCOUNTED] = NP_WAIT_TURN(FOLDER, LIKELY) writes the seconds of one
%   call to the pipe FOLDER/ready, and returns what comes from the pipe FOLDER/go:
%   how many values to measure, 0 if there are no more turns, and how many calls to
%   make before that do not count.

% Opening a pipe waits for the other side, and so does reading from it.
fid = fopen(fullfile(folder, 'ready'), 'w');
fprintf(fid, '%.9g\n', likely);
fclose(fid);
% It is read to its end: the next turn must not find this one's writer.
fid = fopen(fullfile(folder, 'go'), 'r');
told = strtrim(fread(fid, Inf, 'char=>char')');
fclose(fid);
numbers = sscanf(told, '%d');
if numel(numbers) ~= 2
  error('netparity:turns', 'The pipe %s gave ''%s'', expected two whole numbers.', ...
    fullfile(folder, 'go'), told);
end
values = numbers(1);
uncounted = numbers(2);
end
