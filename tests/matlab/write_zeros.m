% WRITE_ZEROS Write a feature of many zeros, to see what a full disk does.
%   octave-cli ... write_zeros.m MATLAB_FOLDER FILE COUNT

given = argv();
addpath(fullfile(given{1}, 'support'));
np_write_npy(given{2}, zeros(1, str2double(given{3}), 'single'));
