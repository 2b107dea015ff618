function yes = is_real_float(x)
%IS_REAL_FLOAT Whether X is a full, real array of class single or double.

yes = isfloat(x) && isreal(x) && ~issparse(x);
end
